resource "aws_ssm_parameter" "rules" {
  name           = "/${local.project}/${var.environment}/rules"
  description    = "Which objects get no metadata."
  type           = "String"
  insecure_value = jsonencode(var.rules)
}
