"""Approvals: what waits for me, what I asked, who decides, and the branch's policies (XX-03)."""

from dougong.admin.pages.approvals.page import ApprovalPage, count_waiting
from dougong.admin.pages.approvals.policies import PolicyPage

__all__ = ["ApprovalPage", "PolicyPage", "count_waiting"]
