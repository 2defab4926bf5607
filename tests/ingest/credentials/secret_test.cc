#include "ingest/credentials/secret.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <sstream>
#include <string>
#include <type_traits>

namespace circuit::credentials {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Appendable = requires(std::string& text, const T& value) {
  text += value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};
template <class T>
concept Ordered = requires(const T& a, const T& b) {
  a < b;
};
template <class T>
concept HashableByStandard = requires(const T& value) {
  std::hash<T>()(value);
};

// What may not compile is part of what the type is.
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);
static_assert(!Streamable<Secret> && !Appendable<Secret> && !Comparable<Secret> && !Ordered<Secret> &&
              !HashableByStandard<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string> &&
              !std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>, "what is a secret is said aloud");
static_assert(!std::is_convertible_v<Secret, bool>);
static_assert(!Streamable<Credential>);
static_assert(Streamable<std::string> && Comparable<std::string>, "the concepts can be true");

// OpenSSL's allocator shows what a block holds when it is freed.
const void* watched = nullptr;
size_t watched_size = 0;
bool watched_freed = false;
bool watched_was_zero = false;

void* allocate_seen(size_t size, const char*, int) { return std::malloc(size); }
void* reallocate_seen(void* block, size_t size, const char*, int) { return std::realloc(block, size); }
void free_seen(void* block, const char*, int) {
  if (block != nullptr && block == watched) {
    const auto* bytes = static_cast<const unsigned char*>(block);
    watched_freed = true;
    watched_was_zero = std::all_of(bytes, bytes + watched_size, [](unsigned char b) { return b == 0; });
    watched = nullptr; // another block may be given the same place
  }
  std::free(block);
}
// Before OpenSSL allocates anything.
const int kHooked = CRYPTO_set_mem_functions(allocate_seen, reallocate_seen, free_seen);

void watch(const Secret& secret) {
  watched = secret.reveal().data();
  watched_size = secret.size();
  watched_freed = watched_was_zero = false;
}

class SecretWiping : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(kHooked, 1); }
};

TEST_F(SecretWiping, HappensBeforeItsMemoryIsGivenBack) {
  {
    const Secret secret("marker-7f3a-marker");
    watch(secret);
  }
  EXPECT_TRUE(watched_freed);
  EXPECT_TRUE(watched_was_zero);
}

TEST_F(SecretWiping, HappensToWhatAnAssignmentReplaces) {
  Secret secret("the one before");
  watch(secret);
  secret = Secret("the one after");
  EXPECT_TRUE(watched_freed);
  EXPECT_TRUE(watched_was_zero);
  EXPECT_EQ(secret.reveal(), "the one after");
}

TEST_F(SecretWiping, HappensWhenItIsAskedFor) {
  Secret secret("no longer needed");
  watch(secret);
  secret.wipe();
  EXPECT_TRUE(watched_freed && watched_was_zero);
  EXPECT_TRUE(secret.empty());
}

TEST_F(SecretWiping, IsNotNeededForWhatWasMovedFrom) {
  Secret first("short");
  const void* place = first.reveal().data();
  const Secret second(std::move(first));
  // The bytes never were in two places.
  EXPECT_EQ(second.reveal().data(), place);
  EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move): that is the promise
}

TEST_F(SecretWiping, ReachesTheStringThatASecretWasTakenFrom) {
  for (const size_t size : {5U, 500U}) {
    std::string source(size, 'm');
    const char* bytes = source.data();
    const Secret secret = Secret::take(std::move(source));
    EXPECT_EQ(secret.size(), size);
    EXPECT_TRUE(source.empty()); // NOLINT(bugprone-use-after-move): that is the promise
    EXPECT_EQ(source.data(), bytes) << "wiped where it was";
    EXPECT_TRUE(std::all_of(bytes, bytes + size, [](char c) { return c == '\0'; }));
  }
}

TEST_F(SecretWiping, ReachesWhatALongerContentLeftBehindInAString) {
  std::string text = "a long secret that was cut short";
  const size_t size = text.size();
  text.resize(3);
  wipe(text);
  EXPECT_TRUE(std::all_of(text.data(), text.data() + size, [](char c) { return c == '\0'; }));
}

TEST(Secret, IsEqualToItsCopyAndToNothingElse) {
  const Secret secret("one");
  EXPECT_TRUE(equal(secret, secret.copy()));
  EXPECT_FALSE(equal(secret, Secret("two")));
  EXPECT_FALSE(equal(secret, Secret("one ")));
  EXPECT_TRUE(equal(Secret(), Secret("")));
}

TEST(Secret, KeepsBytesOfAnyKind) {
  const std::string bytes("a\0b\xff", 4);
  EXPECT_EQ(Secret(bytes).reveal(), bytes);
  Secret filled = Secret::of_size(3);
  EXPECT_EQ(filled.reveal(), std::string_view("\0\0\0", 3));
  filled.writable()[1] = std::byte('x');
  EXPECT_EQ(filled.reveal()[1], 'x');
}

TEST(Credential, FindsByNameAndSaysWhatItLacks) {
  Credential credential;
  credential.secrets.emplace("token", Secret("t"));
  credential.attributes.emplace("token_type", "bearer");
  ASSERT_NE(credential.find("token"), nullptr);
  EXPECT_EQ(credential.find("token")->reveal(), "t");
  EXPECT_EQ(credential.find("refresh_token"), nullptr);
  EXPECT_EQ(credential.attribute("token_type"), "bearer");
  EXPECT_EQ(credential.attribute("scope"), "");
  EXPECT_TRUE(equal(*credential.copy().find("token"), *credential.find("token")));
}

// Last: what is reserved stays.
TEST(SecretZMemory, IsReservedAndWhatDoesNotFitIsKeptOnTheOrdinaryHeap) {
  const Secret before("made before");
  reserve_secret_memory(); // false where memory may not be locked
  ASSERT_EQ(CRYPTO_secure_malloc_initialized(), 1);
  const Secret inside("kept apart");
  EXPECT_EQ(CRYPTO_secure_allocated(inside.reveal().data()), 1);
  const Secret large = Secret::of_size(4 << 20);
  EXPECT_EQ(CRYPTO_secure_allocated(large.reveal().data()), 0);
  const char* place;
  {
    const Secret gone("a marker in secure memory, long enough");
    place = gone.reveal().data();
  }
  // The heap's own links are in the first two words of a free block.
  EXPECT_TRUE(std::all_of(place + 2 * sizeof(void*), place + 32, [](char c) { return c == '\0'; }));
  EXPECT_TRUE(reserve_secret_memory()) << "a second time changes nothing";
}

} // namespace
} // namespace circuit::credentials
