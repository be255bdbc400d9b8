//! Imports through the real write path.
