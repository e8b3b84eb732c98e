//! Files packed with gzip, of one member or of many.

use super::meter::Meter;
use crate::import::report::ImportError;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufReader, ErrorKind, Read};

/// What is in `packed`, up to where it breaks; the error then names how.
pub(super) fn unpacked<'a>(packed: impl Read + 'a) -> impl Read + 'a {
    let meter = Meter::new(None);
    let members = MultiGzDecoder::new(BufReader::new(meter.packed(packed)));
    meter.unpacked(Named(members))
}

struct Named<R>(R);

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(named)
    }
}

fn named(error: io::Error) -> io::Error {
    let kind = "gzip";
    match error.kind() {
        ErrorKind::UnexpectedEof => ImportError::Cut { kind }.into(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            ImportError::Damaged { kind, reason: error.to_string() }.into()
        }
        _ => error,
    }
}
