//! BERT networks (Devlin and others, 2019) with weights in 8-bit codes: from the numbers of tokens to a row of floats
//! for each.
//!
//! [`Tensors`] are the weights in a file, [`Bert`] is the network made of them. What becomes of its rows, how texts
//! become tokens and which thread computes is the caller's.

mod attention;
mod error;
mod network;
mod tensors;

pub use error::BertError;
pub use network::{Bert, DIMENSIONS, Scratch, Shape, sum, word_table};
pub use tensors::{Codes, Tensors};
