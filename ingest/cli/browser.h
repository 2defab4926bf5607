#pragma once
// Opens an address in the person's browser.

#include <string>

namespace circuit::cli {

// Whether there seems to be a browser for the person at this terminal.
bool has_browser();
// Starts it, and says whether that worked; does not wait for it.
bool open_browser(const std::string& url);

} // namespace circuit::cli
