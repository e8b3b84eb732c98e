//! Sheaf: tests.
