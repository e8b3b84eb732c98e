#![no_main]

libfuzzer_sys::fuzz_target!(init: sheaf_fuzz::pass_over_caught_panics(), |data: &[u8]| {
    sheaf_fuzz::targets::run(sheaf_fuzz::targets::packed::DECODERS, data)
});
