//! Screens at several sizes, as snapshots.
