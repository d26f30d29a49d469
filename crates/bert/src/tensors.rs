//! The weights in a file: the safetensors format, 32-bit floats or 8-bit codes with a scale for each row.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::error::BertError;

/// The tensors of one file.
pub struct Tensors<'a> {
    file: PathBuf,
    tensors: SafeTensors<'a>,
}

/// A matrix in 8-bit codes, row by row: `value = scales[row] * code`.
#[derive(Debug)]
pub struct Codes<'a> {
    /// `i8`s as bytes, where they can be in the file's own bytes.
    pub codes: Cow<'a, [u8]>,
    /// A float for each row.
    pub scales: Vec<f32>,
}

impl fmt::Debug for Tensors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tensors").field("file", &self.file).finish_non_exhaustive()
    }
}

impl<'a> Tensors<'a> {
    /// Reads the `bytes` of `file`.
    ///
    /// # Errors
    /// They are not of that format.
    pub fn read(file: &Path, bytes: &'a [u8]) -> Result<Self, BertError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| BertError::damaged(file, &error))?;
        Ok(Self { file: file.to_owned(), tensors })
    }

    /// A vector of `len` floats.
    ///
    /// # Errors
    /// It is missing, of another length or of another type.
    pub fn vector(&self, name: &str, len: usize) -> Result<Vec<f32>, BertError> {
        let tensor = self.tensor(name, &[len])?;
        match tensor.dtype() {
            Dtype::F32 => Ok(floats(tensor.data()).collect()),
            other => Err(self.damaged(name, &format!("holds {other:?}"))),
        }
    }

    /// A matrix as floats, appended to `out` row by row.
    ///
    /// # Errors
    /// As [`Tensors::vector`].
    pub fn matrix(
        &self,
        name: &str,
        [rows, columns]: [usize; 2],
        out: &mut Vec<f32>,
    ) -> Result<(), BertError> {
        let tensor = self.tensor(name, &[rows, columns])?;
        match tensor.dtype() {
            Dtype::F32 => out.extend(floats(tensor.data())),
            Dtype::I8 => {
                let scales = self.vector(&format!("{name}.scale"), rows)?;
                for (row, scale) in tensor.data().chunks_exact(columns.max(1)).zip(scales) {
                    out.extend(row.iter().map(|code| f32::from(code.cast_signed()) * scale));
                }
            }
            other => return Err(self.damaged(name, &format!("holds {other:?}"))),
        }
        Ok(())
    }

    /// A matrix as codes; floats are made into codes.
    ///
    /// # Errors
    /// As [`Tensors::vector`].
    pub fn codes(&self, name: &str, [rows, columns]: [usize; 2]) -> Result<Codes<'a>, BertError> {
        let tensor = self.tensor(name, &[rows, columns])?;
        match tensor.dtype() {
            Dtype::I8 => {
                let scales = self.vector(&format!("{name}.scale"), rows)?;
                Ok(Codes { codes: Cow::Borrowed(tensor.data()), scales })
            }
            Dtype::F32 => Ok(quantise(tensor.data(), columns)),
            other => Err(self.damaged(name, &format!("holds {other:?}"))),
        }
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorView<'a>, BertError> {
        let tensor = self.tensors.tensor(name).map_err(|_| self.damaged(name, "is missing"))?;
        if tensor.shape() == shape {
            Ok(tensor)
        } else {
            Err(self.damaged(name, &format!("has shape {:?}, not {shape:?}", tensor.shape())))
        }
    }

    fn damaged(&self, name: &str, detail: &str) -> BertError {
        BertError::damaged(&self.file, &format!("`{name}` {detail}"))
    }
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes))
}

/// As `models/rebuild.py` does it.
fn quantise(bytes: &[u8], columns: usize) -> Codes<'static> {
    let (mut codes, mut scales) = (Vec::with_capacity(bytes.len() / 4), Vec::new());
    for row in bytes.chunks_exact(4 * columns.max(1)) {
        let largest = floats(row).fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = largest / 127.0;
        let safe = if scale > 0.0 { scale } else { 1.0 };
        codes.extend(floats(row).map(|value| ((value / safe).round_ties_even() as i8).cast_unsigned()));
        scales.push(scale);
    }
    Codes { codes: Cow::Owned(codes), scales }
}
