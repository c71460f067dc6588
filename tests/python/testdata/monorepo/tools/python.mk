# What all services share.
test:
	PYTHONPATH=../../tools/check python -m pytest -q
