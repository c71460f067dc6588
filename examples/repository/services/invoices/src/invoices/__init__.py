"""Writes an invoice as text."""

import json

import money
from jinja2 import Template

INVOICE = Template("""\
{% for line in lines -%}
{{ line.article }}: {{ line.price }}
{% endfor -%}
Total: {{ total }}""")


def handle(event: dict, context: object) -> dict:
    """Answer a request to the function's URL."""
    lines = json.loads(event["body"])
    total = money.text(sum(money.cents(line["price"]) for line in lines))
    return {"statusCode": 200, "body": INVOICE.render(lines=lines, total=total)}
