"""The verbs of sales, one module per document.

Lock order in each: order, delivery, receipt, invoices by key; then what subscribers lock; document
numbers last of all.
"""
