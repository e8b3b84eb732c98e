//! Sheaf: node.
