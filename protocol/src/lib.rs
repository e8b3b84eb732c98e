//! Sheaf: protocol.
