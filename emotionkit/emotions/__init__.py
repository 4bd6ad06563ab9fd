"""Seven apparent expressions from a face crop: the network, its weights, and what it takes to train and judge it."""
