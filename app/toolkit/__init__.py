"""Tool schemas: as trees, linted, checked, imported and exported. Pure: no I/O, nothing fetched or run."""
