"""What the cache will do, and did: the Cache tab."""
