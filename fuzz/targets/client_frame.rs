//! Any text as a client's frame: a frame or a reason, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = ibid::protocol::ClientFrame::parse(text);
});
