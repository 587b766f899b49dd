"""The harness of the editor tests: installs real editors in a cache folder and drives them."""
