//! See `swaig_fuzz_properties::webhook`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| swaig_fuzz_properties::webhook(input));
