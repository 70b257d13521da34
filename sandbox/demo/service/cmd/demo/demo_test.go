package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, ok := values[name]; return value, ok }
}

func TestSettingsNameEveryProblem(t *testing.T) {
	_, err := parseSettings(environment(map[string]string{
		"PORT": "0", "ERROR_RATE": "NaN", "LATENCY_MS": "-1", "READY_AFTER": "soon", "CRASH_AFTER": "1", "VERSION_FILE": "/none",
	}))
	for _, name := range []string{"PORT", "ERROR_RATE", "LATENCY_MS", "READY_AFTER", "CRASH_AFTER", "VERSION_FILE"} {
		if err == nil || !strings.Contains(err.Error(), name+"=") {
			t.Errorf("no word of %s in %v", name, err)
		}
	}
}

func TestSettingsOfAGoodEnvironment(t *testing.T) {
	got, err := parseSettings(environment(map[string]string{
		"COLOR": "green", "VERSION": "2", "ERROR_RATE": "0.05", "LATENCY_MS": "300", "READY_AFTER": "never",
	}))
	want := settings{color: "green", version: "2", port: 8080, errorRate: 0.05, latency: 300 * time.Millisecond, readyAfter: -1}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestVersionFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "version")
	if err := os.WriteFile(path, []byte("3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := parseSettings(environment(map[string]string{"VERSION": "2", "VERSION_FILE": path}))
	if err != nil || got.version != "3" {
		t.Errorf("got %+v, %v; want version 3", got, err)
	}
}

func answer(s *server, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	s.handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder
}

func TestAnswersNameTheColor(t *testing.T) {
	got := answer(&server{settings: settings{color: "blue", version: "1"}, pod: "p"}, "/")
	if got.Code != 200 || got.Header().Get("X-Color") != "blue" || !strings.Contains(got.Body.String(), `"color":"blue"`) {
		t.Errorf("got %d %v %s", got.Code, got.Header(), got.Body)
	}
}

func TestErrorRateOfOneFailsAll(t *testing.T) {
	if got := answer(&server{settings: settings{errorRate: 1}}, "/"); got.Code != 500 {
		t.Errorf("got %d", got.Code)
	}
}

func TestASmokeTestFailsUnlessItsURLAnswersWith200(t *testing.T) {
	for code, wanted := range map[int]bool{200: true, 500: false} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		if err := ask(settings{check: web.URL}); (err == nil) != wanted {
			t.Errorf("%d: got %v", code, err)
		}
		web.Close()
	}
}

func TestReadiness(t *testing.T) {
	stopping := &server{started: time.Now().Add(-time.Hour)}
	stopping.stopping.Store(true)
	cases := map[string]struct {
		server *server
		want   int
	}{
		"ready":         {&server{started: time.Now().Add(-time.Hour), settings: settings{readyAfter: time.Minute}}, 200},
		"not yet ready": {&server{started: time.Now(), settings: settings{readyAfter: time.Minute}}, 503},
		"never ready":   {&server{started: time.Now().Add(-time.Hour), settings: settings{readyAfter: -1}}, 503},
		"stopping":      {stopping, 503},
	}
	for name, each := range cases {
		if got := answer(each.server, "/readyz").Code; got != each.want {
			t.Errorf("%s: got %d, want %d", name, got, each.want)
		}
		if got := answer(each.server, "/healthz").Code; got != 200 {
			t.Errorf("%s: alive: got %d", name, got)
		}
	}
}

func TestMetricsCountByCode(t *testing.T) {
	service := &server{settings: settings{color: "blue"}}
	handler := service.handler()
	for range 3 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if body := recorder.Body.String(); !strings.Contains(body, `http_requests_total{code="200",color="blue",version=""} 3`) {
		t.Errorf("no count of 3 in\n%s", body)
	}
}
