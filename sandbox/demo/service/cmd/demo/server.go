package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// server answers as the settings say, and counts what it answered.
type server struct {
	settings
	pod      string
	started  time.Time
	stopping atomic.Bool
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// handler serves / with the color, /healthz, /readyz, and /metrics.
func (s *server) handler() http.Handler {
	labels := prometheus.Labels{"color": s.color, "version": s.version}
	s.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total", Help: "Answers on /, by status code.", ConstLabels: labels,
	}, []string{"code"})
	s.duration = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Time to answer on /.", ConstLabels: labels, Buckets: prometheus.DefBuckets,
	}, []string{"code"})
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.requests, s.duration, collectors.NewGoCollector())

	mux := http.NewServeMux()
	mux.HandleFunc("/", s.serve)
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.ready() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

// ready is false before readyAfter has passed, and from the signal to stop on.
func (s *server) ready() bool {
	return !s.stopping.Load() && s.readyAfter >= 0 && time.Since(s.started) >= s.readyAfter
}

func (s *server) serve(w http.ResponseWriter, _ *http.Request) {
	began := time.Now()
	delay := s.latency
	if s.jitter > 0 {
		delay += rand.N(s.jitter)
	}
	time.Sleep(delay)
	code := http.StatusOK
	if rand.Float64() < s.errorRate {
		code = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Color", s.color)
	w.Header().Set("X-Version", s.version)
	w.WriteHeader(code)
	// The client went away: there is no one to tell.
	_ = json.NewEncoder(w).Encode(map[string]string{"color": s.color, "version": s.version, "pod": s.pod})
	s.requests.WithLabelValues(strconv.Itoa(code)).Inc()
	s.duration.WithLabelValues(strconv.Itoa(code)).Observe(time.Since(began).Seconds())
}
