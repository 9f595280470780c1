"""`make bench`: how fast the site is, and what a page weighs. The only place our figures come from; docs/performance.md says how."""
