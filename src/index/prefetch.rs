//! Asking for memory ahead.
#![allow(unsafe_code, reason = "the processor's instruction for it is an unsafe function, where there is one")]

/// Asks for the memory that `item` begins in, so that many such waits pass together before what stands there is needed.
///
/// On x86 it is asked for the second-level cache: of more than some two dozen requests for the first one under way, processors leave further ones out, and reading
/// without asking holds up what comes behind. Where there is no such instruction it is read, in vain.
#[inline]
pub(super) fn prefetch<T: Copy>(item: Option<&T>) {
    let Some(item) = item else { return };
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: The instruction changes nothing that a program sees, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(item).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    std::hint::black_box(*item);
}
