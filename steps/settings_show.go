package steps

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"text/tabwriter"

	"dagger/pipeline/internal/dagger"
)

// show is a line for each setting that is in force, and one that names the
// others. What stands in a .env file and is not in here was not read. A secret
// shows where it is read from.
func (s Settings) show(ctx context.Context) string {
	var b strings.Builder
	var missing []string
	b.WriteString("settings in force, from flags, .env or by default:\n")
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		flag := flagOf(v.Type().Field(i).Name)
		if value := shown(ctx, v.Field(i).Interface()); value != "" {
			fmt.Fprintf(table, "  %s\t%s\n", flag, value)
		} else {
			missing = append(missing, flag)
		}
	}
	table.Flush()
	b.WriteString("not given: " + strings.Join(missing, ", "))
	return b.String()
}

// shown is a setting's value for people, empty where it was not given.
func shown(ctx context.Context, value any) string {
	switch value := value.(type) {
	case string:
		return value
	case *string:
		return text(value)
	case []string:
		return strings.Join(value, ", ")
	case *dagger.Secret:
		if value == nil {
			return ""
		}
		uri, err := value.URI(ctx)
		if err != nil || uri == "" {
			return "a secret"
		}
		scheme, name, _ := strings.Cut(uri, "://")
		if scheme == "cmd" {
			name = "..." // a command may hold what is secret
		}
		return "secret of " + scheme + "://" + name
	case *dagger.Socket:
		if value != nil {
			return "a socket"
		}
	case *dagger.Directory:
		if value != nil {
			return "a directory"
		}
	}
	return ""
}

var capitals = regexp.MustCompile(`[A-Z]`)

// flagOf is the flag of a field: --role-arn for RoleArn.
func flagOf(field string) string {
	return "-" + strings.ToLower(capitals.ReplaceAllString(field, "-$0"))
}
