// What the tests must know about how they, and the server beside them, were built.

#ifndef SWITCHBOARD_TESTS_SUPPORT_BUILD_H_
#define SWITCHBOARD_TESTS_SUPPORT_BUILD_H_

namespace switchboard::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif
#else
inline constexpr bool kAddressSanitizer = false;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#else
inline constexpr bool kThreadSanitizer = false;
#endif

// Memory and speed of a sanitized server say nothing about the real one.
inline constexpr bool kSanitized = kAddressSanitizer || kThreadSanitizer;

}  // namespace switchboard::test

#endif  // SWITCHBOARD_TESTS_SUPPORT_BUILD_H_
