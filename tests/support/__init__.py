"""What the tests of several rooms share: homes, servers, databases, sample attestations and devices that read them."""
