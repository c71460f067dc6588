import json

import orders


def ask(body):
    answer = orders.handle({"body": json.dumps(body)}, None)
    return answer["statusCode"], json.loads(answer["body"])


def test_total():
    assert ask([{"article": "tea", "price": "2.10", "count": 3}, {"article": "cup", "price": "0.70"}]) == (200, {"total": "7.00"})


def test_no_price():
    assert ask([{"article": "tea"}])[0] == 400
