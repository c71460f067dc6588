from common import NAME

__version__ = "0.3.0"


def main():
    print("api with", NAME)
