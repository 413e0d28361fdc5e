//! Where the program's memory comes from.
#![expect(unsafe_code, reason = "the allocator's settings are a C function")]

use libmimalloc_sys::{mi_option_eager_commit_delay, mi_option_set_default, mi_option_t};

/// Records are taken apart on one thread and done with on another, and tables grow all the time: the system's own memory management takes longer at both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What `mimalloc.h` calls `mi_option_purge_delay`; its Rust crate names only those before and behind.
const PURGE_DELAY: mi_option_t = mi_option_eager_commit_delay + 1;
/// A batch takes some ten milliseconds, and needs as much memory as the last one gave back.
const PURGE_AFTER_MS: std::ffi::c_long = 100;

/// Gives free memory back to the system only when nobody has wanted it for a while: getting it again takes longer than using it.
pub(super) fn keep_free_memory_for_a_while() {
    // SAFETY: The option exists (see the test), takes milliseconds, and may be set at any time.
    unsafe { mi_option_set_default(PURGE_DELAY, PURGE_AFTER_MS) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: Reading an option changes nothing.
        let value = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        // By default; that of no option next to it.
        assert_eq!(value(), 10);
        keep_free_memory_for_a_while();
        assert_eq!(value(), PURGE_AFTER_MS);
    }
}
