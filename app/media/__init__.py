"""Pictures, PDFs and texts made fit for a request: told by their bytes, converted, turned, scaled, counted.

`fitting.py` is the door. What decodes runs in processes of its own (`workers.py`, `child/`), which have no rights, a
limit of memory and of processor time, and can be killed: a file that was made to harm reaches nothing of ours.
"""
