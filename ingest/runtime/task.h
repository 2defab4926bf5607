#pragma once
// Task<T>: a coroutine of the engine. It runs on the loop of whoever awaits it and nowhere else.
//
// Cancellation arrives as boost::system::system_error(operation_aborted) out of whatever is being awaited;
// let it pass.

#include <boost/asio/awaitable.hpp>

namespace circuit {

template <class T>
using Task = boost::asio::awaitable<T>;

} // namespace circuit
