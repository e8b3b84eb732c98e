//! Two dozen chats of the project's own (CC0), in the formats that people bring.

/// Name and text of each sample file.
pub const SAMPLES: [(&str, &str); 3] = [
    ("everyday.json", include_str!("../../samples/everyday.json")),
    ("learning.json", include_str!("../../samples/learning.json")),
    ("work.jsonl", include_str!("../../samples/work.jsonl")),
];
