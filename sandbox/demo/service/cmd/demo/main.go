// Command demo is a service whose releases are good or bad as its environment says, to show a rollout with.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// shutdownTimeout bounds how long requests in flight are waited for after the signal to stop.
const shutdownTimeout = 20 * time.Second

func main() {
	parsed, err := parseSettings(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	do := run
	if parsed.check != "" {
		do = ask
	}
	if err := do(parsed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// ask is a smoke test: it fails unless the URL of CHECK answers with 200.
func ask(parsed settings) error {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(parsed.check)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	fmt.Printf("%s answers %s\n", parsed.check, response.Status)
	if response.StatusCode != http.StatusOK {
		return errors.New("the smoke test failed")
	}
	return nil
}

func run(parsed settings) error {
	pod, err := os.Hostname()
	if err != nil {
		return err
	}
	service := &server{settings: parsed, pod: pod, started: time.Now()}
	web := &http.Server{Addr: fmt.Sprintf(":%d", parsed.port), Handler: service.handler(), ReadHeaderTimeout: 5 * time.Second}
	if parsed.crashAfter > 0 {
		time.AfterFunc(parsed.crashAfter, func() {
			fmt.Fprintln(os.Stderr, "crashing, as CRASH_AFTER says")
			os.Exit(1)
		})
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	failed := make(chan error, 1)
	go func() { failed <- web.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}
	service.stopping.Store(true)
	deadline, done := context.WithTimeout(context.Background(), shutdownTimeout)
	defer done()
	if err := web.Shutdown(deadline); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
