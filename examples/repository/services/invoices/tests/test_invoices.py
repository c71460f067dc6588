import json

import invoices


def test_invoice():
    body = json.dumps([{"article": "tea", "price": "2.10"}, {"article": "cup", "price": "0.70"}])
    assert invoices.handle({"body": body}, None)["body"] == "tea: 2.10\ncup: 0.70\nTotal: 2.80"
