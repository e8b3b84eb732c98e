use super::*;
use proptest::prelude::*;

#[derive(Debug, Clone, PartialEq)]
struct Sample {
    count: u64,
    delta: i64,
    name: String,
    hash: [u8; 4],
    flag: bool,
    note: Option<String>,
    items: Vec<u64>,
}
crate::record!(Sample { count, delta, name, hash, flag, note, items });

fn reason<T: Decode + std::fmt::Debug>(bytes: &[u8]) -> Reason {
    from_slice::<T>(bytes).expect_err("these bytes must be refused").reason
}

proptest! {
    #[test]
    fn decode_undoes_encode(
        count: u64, delta: i64, name in ".{0,40}", hash: [u8; 4], flag: bool,
        note in proptest::option::of(".{0,9}"), items in proptest::collection::vec(any::<u64>(), 0..30),
    ) {
        let sample = Sample { count, delta, name, hash, flag, note, items };
        prop_assert_eq!(&from_slice::<Sample>(&to_vec(&sample)).unwrap(), &sample);
    }

    /// Whatever the reader accepts, the writer would have written: no value has two forms.
    #[test]
    fn encode_undoes_decode(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(sample) = from_slice::<Sample>(&bytes) {
            prop_assert_eq!(to_vec(&sample), bytes);
        }
    }

    /// An independent decoder reads the same value.
    #[test]
    fn cbor4ii_reads_what_we_write(count: u64, name in ".{0,40}") {
        let bytes = to_vec(&vec![name.clone()]);
        let value: Vec<String> = cbor4ii::core::utils::SliceReader::new(&bytes).pipe();
        prop_assert_eq!(value, vec![name]);
        let number: u64 = cbor4ii::core::utils::SliceReader::new(&to_vec(&count)).pipe();
        prop_assert_eq!(number, count);
    }
}

trait Pipe<'a>: cbor4ii::core::dec::Read<'a> + Sized {
    fn pipe<T: cbor4ii::core::dec::Decode<'a>>(mut self) -> T {
        T::decode(&mut self).unwrap_or_else(|_| unreachable!("cbor4ii must read our output"))
    }
}
impl<'a> Pipe<'a> for cbor4ii::core::utils::SliceReader<'a> {}

#[test]
fn other_forms_of_the_same_integer_are_refused() {
    for bytes in [
        &[0x18, 23][..],
        &[0x19, 0, 255],
        &[0x1a, 0, 0, 255, 255],
        &[0x1b, 0, 0, 0, 0, 255, 255, 255, 255],
    ] {
        assert_eq!(reason::<u64>(bytes), Reason::NotShortest, "{bytes:02x?}");
    }
    for bytes in
        [&[0x18, 24][..], &[0x19, 1, 0], &[0x1a, 0, 1, 0, 0], &[0x1b, 0, 0, 0, 1, 0, 0, 0, 0]]
    {
        assert!(from_slice::<u64>(bytes).is_ok(), "{bytes:02x?} is the shortest form");
    }
}

#[test]
fn forms_outside_of_the_subset_are_refused() {
    assert_eq!(reason::<Vec<u64>>(&[0x9f, 1, 0xff]), Reason::Indefinite);
    assert_eq!(reason::<Bytes>(&[0x5f, 0x41, 0, 0xff]), Reason::Indefinite);
    assert_eq!(reason::<u64>(&[0x1c]), Reason::Reserved);
    assert_eq!(reason::<u64>(&[1, 1]), Reason::Trailing);
    assert_eq!(reason::<String>(&[0x62, 0xff, 0xff]), Reason::NotUtf8);
    assert_eq!(
        reason::<Bytes>(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        Reason::Truncated
    );
    assert_eq!(reason::<Vec<u64>>(&[0x9b, 0, 0, 0, 1, 0, 0, 0, 0]), Reason::Truncated);
    assert!(matches!(reason::<u64>(&[0xf9, 0x3c, 0]), Reason::Type { .. }), "floats have no place");
    assert!(matches!(reason::<Option<u64>>(&[0xf7]), Reason::Type { .. }), "undefined is not null");
    assert_eq!(reason::<u8>(&[0x19, 1, 0]), Reason::OutOfRange);
    assert_eq!(reason::<i64>(&[0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0]), Reason::OutOfRange);
}

#[test]
fn an_error_names_the_field_and_the_offset() {
    let error = from_slice::<Sample>(&[0x87, 1, 2, 0x41, 0]).expect_err("bytes where text belongs");
    assert_eq!((error.at, error.path), (3, vec!["name"]));
}
