"""Counts the visits of pages, in Redis."""

import os

import redis


def connect():
    return redis.Redis(os.environ["REDIS_HOST"], decode_responses=True)


def visit(store, page):
    """Count one more visit, and return how many there were."""
    return store.hincrby("visits", page, 1)


def most_visited(store):
    pages = store.hgetall("visits")
    return max(pages, key=lambda page: int(pages[page]), default=None)
