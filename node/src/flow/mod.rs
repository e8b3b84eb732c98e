//! What people do, each readable from top to bottom.

pub mod assemble;
pub mod chats;
pub mod contribute;
pub mod fetcher;
pub mod found;
pub mod gather;
pub mod join;
pub mod reach;
pub mod recover;
pub mod review;
pub mod slip;
pub mod withdraw;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
