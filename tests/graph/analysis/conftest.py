"""Small projections made by hand or by hypothesis."""
