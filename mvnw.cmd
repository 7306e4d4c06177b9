<# : the batch part
@REM Does what mvnw does, for Windows: runs the Maven that .mvn\wrapper\maven-wrapper.properties names, and installs
@REM it first where it is missing. See mvnw for the ways and the environment variables.
@REM
@REM UNTESTED: this file was written without a Windows machine to try it on. Where it fails, install Maven 3.9 and
@REM run `mvn` instead of `mvnw.cmd`.
@SETLOCAL
@SET "MVNW_MVN="
@SET "MVNW_PROJECT=%~dp0"
@SET "MVNW_SELF=%~f0"
@FOR /F "usebackq tokens=1* delims==" %%A IN (`powershell -NoProfile -ExecutionPolicy Bypass -Command "& ([ScriptBlock]::Create((Get-Content -Raw -LiteralPath $env:MVNW_SELF)))"`) DO @(
  IF "%%A"=="MVNW_MVN" SET "MVNW_MVN=%%B"
)
@IF "%MVNW_MVN%"=="" (
  EXIT /B 1
)
@CALL "%MVNW_MVN%" %*
@EXIT /B %ERRORLEVEL%
: the end of the batch part, the start of the PowerShell part #>

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Say($text) { [Console]::Error.WriteLine("mvnw: $text") }
function Verbose($text) { if ($env:MVNW_VERBOSE -eq 'true') { Say $text } }
function Die($text) { Say $text; exit 1 }
function Done($mvn) { Write-Output "MVNW_MVN=$mvn"; exit 0 }

$properties = ConvertFrom-StringData (Get-Content -Raw -LiteralPath (Join-Path $env:MVNW_PROJECT '.mvn\wrapper\maven-wrapper.properties'))
$url = $properties.distributionUrl
$checksum = $properties.distributionSha256Sum
if (-not $url -or -not $checksum) { Die 'distributionUrl or distributionSha256Sum is missing in maven-wrapper.properties' }
$zip = $url -replace '^.*/', ''
$name = $zip -replace '-bin\.zip$', ''
$version = $name -replace '^apache-maven-', ''

$userHome = if ($env:MAVEN_USER_HOME) { $env:MAVEN_USER_HOME } else { Join-Path $HOME '.m2' }
$dists = Join-Path $userHome "wrapper\dists\$name"
$target = Join-Path $dists $checksum.Substring(0, 16)
$mvn = Join-Path $target 'bin\mvn.cmd'
if (Test-Path -LiteralPath $mvn) { Done $mvn }
if (Test-Path -LiteralPath $target) { Die "$target is not a whole Maven: delete it" }

$temporary = Join-Path $dists ('new.' + [Guid]::NewGuid().ToString('N'))
New-Item -ItemType Directory -Force -Path $temporary | Out-Null
$archive = Join-Path $temporary $zip

function Get-ByMaven {
  $found = Get-Command mvn -ErrorAction SilentlyContinue
  if (-not $found) { return $false }
  Verbose "trying to copy $zip with $($found.Source)"
  Push-Location $temporary
  try {
    $ErrorActionPreference = 'Continue'
    & $found.Source -B 'org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy' "-Dartifact=org.apache.maven:apache-maven:${version}:zip:bin" "-DoutputDirectory=$temporary" *> (Join-Path $temporary 'log')
    return ($LASTEXITCODE -eq 0) -and (Test-Path -LiteralPath $archive)
  }
  catch { Verbose $_; return $false }
  finally { Pop-Location }
}

function Get-ByDownload {
  $source = $url
  if ($env:MVNW_REPOURL) { $source = $env:MVNW_REPOURL.TrimEnd('/') + "/org/apache/maven/apache-maven/$version/$zip" }
  Verbose "trying to download $source"
  try {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    (New-Object Net.WebClient).DownloadFile($source, $archive)
    return $true
  }
  catch { Verbose $_; return $false }
}

try {
  Say "installing Maven $version to $target"
  $got = $false
  if ($env:MVNW_REPOURL) { $got = Get-ByDownload }
  if (-not $got) { $got = Get-ByMaven }
  if (-not $got -and -not $env:MVNW_REPOURL) { $got = Get-ByDownload }
  if ($got) {
    $actual = (Get-FileHash -LiteralPath $archive -Algorithm SHA256).Hash.ToLower()
    if ($actual -ne $checksum) {
      Die "the checksum of $zip is wrong, so it is not used. Expected $checksum, found $actual. Delete it where it came from: the local Maven repository, a mirror, or the download"
    }
    Expand-Archive -LiteralPath $archive -DestinationPath (Join-Path $temporary 'unpacked')
    # Fails where another run was first, whose installation is as good.
    try { [IO.Directory]::Move((Join-Path $temporary "unpacked\$name"), $target) } catch { Verbose $_ }
    if (-not (Test-Path -LiteralPath $mvn)) { Die "cannot install to $target" }
    Done $mvn
  }
  $found = Get-Command mvn -ErrorAction SilentlyContinue
  if ($found) {
    $ErrorActionPreference = 'Continue'
    $text = (& $found.Source --version 2>$null) -join ' '
    if ($text -match 'Apache Maven (\d+)\.(\d+)' -and ([int]$Matches[1] -gt 3 -or ([int]$Matches[1] -eq 3 -and [int]$Matches[2] -ge 8))) {
      Say "Maven $version is not to be had; using the Maven at $($found.Source)"
      Done $found.Source
    }
  }
  Die "Maven $version is not to be had, and no Maven 3.8 or newer is on the PATH. Install Maven, or set MVNW_REPOURL to a Maven repository that you reach. MVNW_VERBOSE=true tells more"
}
finally {
  Remove-Item -Recurse -Force -LiteralPath $temporary -ErrorAction SilentlyContinue
}
