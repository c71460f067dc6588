"""Takes an order and answers with its total."""

import json

import money
from marshmallow import Schema, ValidationError, fields


class Line(Schema):
    """One line of an order."""

    article = fields.String(required=True)
    price = fields.String(required=True)
    count = fields.Integer(load_default=1)


def handle(event: dict, context: object) -> dict:
    """Answer a request to the function's URL."""
    try:
        lines = Line(many=True).loads(event["body"])
    except ValidationError as error:
        return {"statusCode": 400, "body": json.dumps(error.messages)}
    total = sum(money.cents(line["price"]) * line["count"] for line in lines)
    return {"statusCode": 200, "body": json.dumps({"total": money.text(total)})}
