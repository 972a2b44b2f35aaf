//! See `swaig_fuzz_properties::phone_number`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| swaig_fuzz_properties::phone_number(input));
