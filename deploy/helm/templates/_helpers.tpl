{{/* The chart's templates share these. Each takes a dict: `root` (the chart's scope), `name` (of the service). */}}

{{- define "loupe.prefix" -}}
{{- default .Release.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "loupe.name" -}}
{{- include "loupe.prefix" .root }}-{{ .name -}}
{{- end }}

{{/* What a service's pods are found by; never changes in a release. */}}
{{- define "loupe.selector" -}}
app.kubernetes.io/name: loupe
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{/* A service's pods, as an entry of a NetworkPolicy's `from` or `to`. */}}
{{- define "loupe.pods" -}}
podSelector:
  matchLabels: {{ include "loupe.selector" . | nindent 4 }}
{{- end }}

{{- define "loupe.labels" -}}
{{ include "loupe.selector" . }}
app.kubernetes.io/version: {{ default .root.Chart.AppVersion .root.Values.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* What is the same in the pods of all services; `values` are the service's. */}}
{{- define "loupe.pod" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
# The services ask nothing of Kubernetes, and read no variables but their own.
automountServiceAccountToken: false
enableServiceLinks: false
# A drain takes 15 s, and a load balancer some more to notice.
terminationGracePeriodSeconds: 60
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "loupe.selector" . | nindent 8 }}
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "loupe.selector" . | nindent 8 }}
{{- with .values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What is the same in the container of each; `port` is the one it listens on, `drains` whether readers find it by a Service. */}}
{{- define "loupe.container" -}}
name: {{ .name }}
image: {{ .root.Values.image.registry }}/{{ .name }}:{{ default .root.Chart.AppVersion .root.Values.image.tag }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
ports:
  - {name: http, containerPort: {{ .port }}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources: {{ toYaml .values.resources | nindent 2 }}
# Alive is whoever answers: Kafka or ClickHouse away is no reason to start anew.
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
startupProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 2
  failureThreshold: 30
{{- if .drains }}
lifecycle:
  # The Service lets go of the pod before it accepts nothing more.
  preStop: {sleep: {seconds: 10}}
{{- end }}
{{- end }}

{{/* A variable from the secret of values; `variable` and `key`. */}}
{{- define "loupe.secret" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef: {name: {{ .root.Values.secrets.values }}, key: {{ .key }}}
{{- end }}

{{/* What a service's own `env` adds. */}}
{{- define "loupe.env" -}}
{{- range $name, $value := .values.env }}
- name: {{ $name }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else }}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Variables of the service's ConfigMaps and Secrets, whole. */}}
{{- define "loupe.envFrom" -}}
{{- with .values.envFrom }}
envFrom: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* A disruption budget, and for `asked` services a Service and an autoscaler by processor time. */}}
{{- define "loupe.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "loupe.name" . }}
  labels: {{ include "loupe.labels" . | nindent 4 }}
spec:
  {{- toYaml .values.disruptionBudget | nindent 2 }}
  # A pod that cannot do its work may always be moved.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{ include "loupe.selector" . | nindent 6 }}
{{- end }}

{{- define "loupe.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "loupe.name" . }}
  labels: {{ include "loupe.labels" . | nindent 4 }}
spec:
  selector: {{ include "loupe.selector" . | nindent 4 }}
  ports:
    - {name: http, port: {{ .port }}, targetPort: http}
{{- end }}

{{- define "loupe.cpuAutoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "loupe.name" . }}
  labels: {{ include "loupe.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "loupe.name" . }}
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .values.autoscaling.cpuUtilization }}}
{{- end }}

{{/* A Deployment of a service that is asked; `environment` are its own variables. */}}
{{- define "loupe.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "loupe.name" . }}
  labels: {{ include "loupe.labels" . | nindent 4 }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  selector:
    matchLabels: {{ include "loupe.selector" . | nindent 6 }}
  strategy:
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels: {{ include "loupe.labels" . | nindent 8 }}
      {{- with .values.podAnnotations }}
      annotations: {{ toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "loupe.pod" . | nindent 6 }}
      containers:
        - {{- include "loupe.container" . | nindent 10 }}
          env:
            {{- .environment | nindent 12 }}
            {{- include "loupe.env" . | nindent 12 }}
          {{- include "loupe.envFrom" . | nindent 10 }}
          volumeMounts:
            # A directory, so that a changed Secret arrives: the services follow the file.
            - {name: keys, mountPath: /keys, readOnly: true}
            {{- with .values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: keys
          secret: {secretName: {{ .root.Values.secrets.keys }}}
        {{- with .values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end }}
