"""Log-in: accounts, the user store of Flask-Security, forms that throttle."""
