"""The messages so far, painted by one virtualised view: only what is seen is parsed, shaped and drawn."""
