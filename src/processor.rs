//! The hottest loops, compiled twice: for any processor, and for newer ones, which take fewer instructions for the same.
#![allow(
    unsafe_code,
    reason = "a processor without the instructions ends the program; where none are asked for, nothing is unsafe"
)]

/// A loop that is worth it.
pub(crate) trait HotLoop {
    /// What it finds.
    type Found;

    /// Goes through it. What the compiler doesn't put in line here is as it is for any processor, so it takes `#[inline(always)]`, and this first of all.
    fn run(self) -> Self::Found;
}

/// Goes through a loop by the instructions that this processor has.
#[inline]
pub(crate) fn at_its_best<L: HotLoop>(hot_loop: L) -> L::Found {
    #[cfg(target_arch = "x86_64")]
    {
        /// For processors of 2013 and later, mostly (x86-64-v3).
        #[target_feature(enable = "avx2,bmi1,bmi2")]
        fn on_newer<L: HotLoop>(hot_loop: L) -> L::Found {
            hot_loop.run()
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2") {
            // SAFETY: the instructions are there.
            return unsafe { on_newer(hot_loop) };
        }
    }
    hot_loop.run()
}
