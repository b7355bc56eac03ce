"""The format PDF: documents of any program, pages that a browser printed, and scans."""
