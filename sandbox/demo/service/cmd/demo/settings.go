package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// settings is what the environment, and a file that it names, say of one release of the demo service, good or bad.
type settings struct {
	color   string
	version string
	port    int
	// errorRate is the share of answers on / that are a 500, from 0 to 1.
	errorRate float64
	// latency is added to each answer on /, and jitter to a random part of it.
	latency, jitter time.Duration
	// readyAfter is how long after its start the service says that it is ready; negative for never.
	readyAfter time.Duration
	// crashAfter ends the service with a failure; zero for never.
	crashAfter time.Duration
	// check is a URL to ask once, in the place of serving; empty to serve.
	check string
}

// never as a value of READY_AFTER: the readiness probe fails for good.
const never = "never"

// parseSettings reads the environment, and names everything in it that is wrong.
func parseSettings(lookup func(string) (string, bool)) (settings, error) {
	var problems []error
	get := func(name, fallback string) string {
		if value, ok := lookup(name); ok && value != "" {
			return value
		}
		return fallback
	}
	fail := func(name, want string) {
		problems = append(problems, fmt.Errorf("%s=%q: want %s", name, get(name, ""), want))
	}
	milliseconds := func(name string) time.Duration {
		value, err := strconv.Atoi(get(name, "0"))
		if err != nil || value < 0 {
			fail(name, "milliseconds, such as 300")
		}
		return time.Duration(value) * time.Millisecond
	}
	duration := func(name string) time.Duration {
		value, err := time.ParseDuration(get(name, "0s"))
		if err != nil || value < 0 {
			fail(name, "a duration, such as 10s")
		}
		return value
	}

	parsed := settings{color: get("COLOR", "none"), version: get("VERSION", "0"), check: get("CHECK", "")}
	if path := get("VERSION_FILE", ""); path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			fail("VERSION_FILE", "a file that can be read")
		}
		parsed.version = strings.TrimSpace(string(content))
	}
	var err error
	if parsed.port, err = strconv.Atoi(get("PORT", "8080")); err != nil || parsed.port < 1 || parsed.port > 65535 {
		fail("PORT", "a port from 1 to 65535")
	}
	if parsed.errorRate, err = strconv.ParseFloat(get("ERROR_RATE", "0"), 64); err != nil || !(parsed.errorRate >= 0 && parsed.errorRate <= 1) {
		fail("ERROR_RATE", "a share from 0 to 1")
	}
	parsed.latency, parsed.jitter = milliseconds("LATENCY_MS"), milliseconds("LATENCY_JITTER_MS")
	if get("READY_AFTER", "") == never {
		parsed.readyAfter = -1
	} else {
		parsed.readyAfter = duration("READY_AFTER")
	}
	parsed.crashAfter = duration("CRASH_AFTER")
	return parsed, errors.Join(problems...)
}
