package project

import (
	"path"
	"regexp"
	"strings"
)

// form is what a setting's text must be like.
type form struct {
	wanted string // in the words of an error
	fits   func(string) bool
	// pattern and values say the same to an editor, as far as they can.
	pattern string
	values  []string
}

func matching(wanted, pattern string) form {
	return form{wanted: wanted, pattern: pattern, fits: regexp.MustCompile(pattern).MatchString}
}

var forms = map[string]form{
	"":            matching("a text", `\S`),
	"name":        matching(`a name such as "orders"`, name.String()),
	"minor":       matching(`a version such as "3.12"`, `^3\.[0-9]+(\.[0-9]+)?$`),
	"version":     matching(`a version such as "1.2.3"`, `^[0-9]+(\.[0-9]+)*(-?[a-z]+[0-9]+)?$`),
	"address":     matching(`the address of a resource, such as "aws_route53_record.www" or "module.dns.aws_route53_record.www"`, `^(module\.[A-Za-z_][\w-]*(\[[^\]]+\])?\.)*[a-z][\w-]*\.[A-Za-z_][\w-]*(\[[^\]]+\])?$`),
	"manylinux":   matching(`a platform such as "manylinux_2_28"`, `^manylinux(2014|_2_[0-9]+)$`),
	"requirement": matching(`a package, such as "poetry-plugin-export" or "poetry-plugin-export==1.9.0"`, `^[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._-]+\])? *([=<>!~]=?[^;@/ ]+)?$`),
	"variable":    matching(`the name of a variable`, `^[A-Za-z_][A-Za-z0-9_-]*$`),
	"kms":         matching(`the ARN of a KMS key, such as "arn:aws:kms:eu-west-1:123456789012:key/..."`, `^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/\S+$`),
	"user":        matching(`a number that is not 0, such as "10001" or "10001:10001"`, `^[1-9][0-9]*(:[0-9]+)?$`),
	"path":        {wanted: "a relative path", fits: isPath, pattern: `^[^/]`},
}

// formOf gives the form of a name, or of alternatives: "managed|own".
func formOf(name string) form {
	if !strings.Contains(name, "|") {
		return forms[name]
	}
	values := strings.Split(name, "|")
	return form{
		wanted: `"` + strings.Join(values, `" or "`) + `"`,
		values: values,
		fits: func(text string) bool {
			for _, v := range values {
				if text == v {
					return true
				}
			}
			return false
		},
	}
}

// isPath accepts paths from the project's directory; ../ leads out of it, into
// the rest of the source.
func isPath(text string) bool {
	return strings.TrimSpace(text) != "" && !path.IsAbs(text) && !strings.ContainsAny(text, "\x00\n\\")
}

// IsToolVersion tells whether a text is the version of a tool: of Poetry, uv or Terraform.
func IsToolVersion(text string) bool { return forms["version"].fits(text) }
