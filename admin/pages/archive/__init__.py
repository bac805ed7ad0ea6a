"""Archive quality: the page of a branch, what a branch expects, the panel of a customer."""

from dougong.admin.pages.archive.duplicates import DuplicatePage
from dougong.admin.pages.archive.merging import MergePage, MergeView
from dougong.admin.pages.archive.quality import QualityPage

__all__ = ["DuplicatePage", "MergePage", "MergeView", "QualityPage"]
