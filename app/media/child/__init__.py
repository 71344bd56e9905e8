"""What runs in processes of its own: everything that decodes. Imported only there."""
