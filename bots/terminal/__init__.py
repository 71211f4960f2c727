"""The operator's terminal: what is typed after `python app.py`."""
